package io.cistern.sample;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.h2.tools.Csv;

/** The places of GeoNames that ship in {@code sample/places.csv.gz} (see the NOTICE beside it). */
final class SamplePlaces {
    private static final String FILE = "/sample/places.csv.gz";

    private SamplePlaces() {}

    /**
     * Rows of id, name, country, region, latitude, longitude (degrees), and the same point as x, y,
     * z on the unit sphere: the greater the dot product of two points, the nearer they are.
     *
     * @throws IOException when the file is missing or broken
     */
    static Stream<Object[]> rows() throws IOException {
        var stream = SamplePlaces.class.getResourceAsStream(FILE);
        if (stream == null) {
            throw new FileNotFoundException("classpath:" + FILE);
        }
        var rows = Stream.<Object[]>builder();
        try (var reader =
                        new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.UTF_8);
                ResultSet csv = new Csv().read(reader, null)) {
            while (csv.next()) {
                rows.add(row(csv));
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        return rows.build();
    }

    private static Object[] row(ResultSet csv) throws SQLException {
        String region = csv.getString("region");
        double latitude = Double.parseDouble(csv.getString("latitude"));
        double longitude = Double.parseDouble(csv.getString("longitude"));
        double phi = Math.toRadians(latitude);
        double lambda = Math.toRadians(longitude);
        return new Object[] {
            csv.getString("id"),
            csv.getString("name"),
            csv.getString("country"),
            region == null ? "" : region,
            latitude,
            longitude,
            Math.cos(phi) * Math.cos(lambda),
            Math.cos(phi) * Math.sin(lambda),
            Math.sin(phi)
        };
    }
}

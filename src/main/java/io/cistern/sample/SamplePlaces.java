package io.cistern.sample;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
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
     * @return to be closed
     * @throws IOException when the file is missing or broken; reading on throws the same, unchecked
     */
    static Stream<Object[]> rows() throws IOException {
        var stream = SamplePlaces.class.getResourceAsStream(FILE);
        if (stream == null) {
            throw new FileNotFoundException("classpath:" + FILE);
        }
        var text = new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.UTF_8);
        var csv = new Csv().read(text, null);
        // One at a time: all of them at once would be most of the heap at the start.
        return Stream.iterate(next(csv), Objects::nonNull, last -> next(csv))
                .onClose(() -> close(csv));
    }

    /** Null behind the last. */
    private static Object[] next(ResultSet csv) {
        try {
            return csv.next() ? row(csv) : null;
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static void close(ResultSet csv) {
        try {
            csv.close();
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException(e));
        }
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

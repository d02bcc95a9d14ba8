package io.cistern.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that vouches for itself, as PEM files.
 *
 * @param certificate its file
 * @param key the file of its private key, in PKCS#8
 */
public record Certificate(Path certificate, Path key) {

    private static final String PASSWORD = "changeit";

    /**
     * Makes one.
     *
     * @param folder where its files will lie
     * @param name of whom it is, and of the files
     * @param alternatives as keytool takes them, such as {@code ip:127.0.0.1,dns:localhost}
     */
    public static Certificate make(Path folder, String name, String alternatives)
            throws IOException, InterruptedException, GeneralSecurityException {
        var store = folder.resolve(name + ".p12");
        var keytool =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                                .toString(),
                                        "-genkeypair",
                                        "-alias",
                                        "it",
                                        "-keyalg",
                                        "RSA",
                                        "-dname",
                                        "CN=" + name,
                                        "-ext",
                                        "SAN=" + alternatives,
                                        "-validity",
                                        "7",
                                        "-storetype",
                                        "PKCS12",
                                        "-keystore",
                                        store.toString(),
                                        "-storepass",
                                        PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile())
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(folder.resolve(name + ".log")));
        }
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        var key = keys.getKey("it", PASSWORD.toCharArray());
        return new Certificate(
                write(folder, name + ".pem", "CERTIFICATE", keys.getCertificate("it").getEncoded()),
                write(folder, name + ".key", "PRIVATE KEY", key.getEncoded()));
    }

    private static Path write(Path folder, String file, String type, byte[] bytes)
            throws IOException {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, text, type));
    }
}

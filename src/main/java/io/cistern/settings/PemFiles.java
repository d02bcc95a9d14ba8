package io.cistern.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Parsers of PEM files (RFC 7468). Each throws IllegalArgumentException: what is wrong. */
final class PemFiles {

    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final long LARGEST = 1 << 20;

    private PemFiles() {}

    /** A file with at least one X.509 certificate. */
    static Path certificates(String text) {
        var path = file(text);
        try (var in = Files.newInputStream(path)) {
            if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                return path;
            }
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(noCertificate(text), e);
        }
        throw new IllegalArgumentException(noCertificate(text));
    }

    /** A file with a private key in PKCS#8 that no password protects. Nothing of it is quoted. */
    static Path key(String text) {
        var path = file(text);
        try {
            var matcher = KEY.matcher(Files.readString(path, StandardCharsets.US_ASCII));
            if (matcher.find() && isKey(Base64.getMimeDecoder().decode(matcher.group(1)))) {
                return path;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(noKey(text));
        }
        throw new IllegalArgumentException(noKey(text));
    }

    private static boolean isKey(byte[] encoded) {
        for (var algorithm : ALGORITHMS) {
            try {
                KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                return true;
            } catch (GeneralSecurityException other) {
                // One of the others, perhaps.
            }
        }
        return false;
    }

    private static Path file(String text) {
        var path = Values.path(text);
        try {
            if (Files.isRegularFile(path)
                    && Files.isReadable(path)
                    && Files.size(path) <= LARGEST) {
                return path;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(noFile(text), e);
        }
        throw new IllegalArgumentException(noFile(text));
    }

    private static String noFile(String text) {
        return Quoted.value(text) + " is not a file that can be read";
    }

    private static String noCertificate(String text) {
        return Quoted.value(text) + " holds no certificate; expected X.509 in PEM";
    }

    private static String noKey(String text) {
        return Quoted.value(text)
                + " holds no private key; expected PKCS#8 in PEM (BEGIN PRIVATE KEY)";
    }
}

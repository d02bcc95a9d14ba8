package io.cistern.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The users that we ship, with passwords, as docs/production.md says to add them. */
final class AclFile {
    static final Path SHIPPED = Path.of("config/redis/users.acl");

    private AclFile() {}

    /** A copy in which the password of every user that may log in is his name. */
    static Path withPasswords(Path folder) throws IOException {
        var lines = Files.readAllLines(SHIPPED).stream().map(AclFile::withPassword).toList();
        return Files.write(folder.resolve("users.acl"), lines);
    }

    private static String withPassword(String line) {
        var words = line.split(" ", 4);
        return words[2].equals("on")
                ? "user %s on #%s %s".formatted(words[1], sha256(words[1]), words[3])
                : line;
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

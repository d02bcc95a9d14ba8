package io.cistern.reload;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The routes folder as it looks from time to time. It is looked at again and again rather than
 * watched: events of the system tell nothing of what lies behind symbolic links, as a Kubernetes
 * ConfigMap does, nor of network drives.
 */
public final class RoutesFolder {
    /** In the order of their names with slashes. */
    static final Comparator<Path> IN_ORDER = Comparator.comparing(RouteFile::name);

    private static final int MAX_DEPTH = 10;
    private static final long MAX_BYTES = 10 << 20;

    /** Two changes within the resolution of a file system's clock look the same. */
    private static final Duration SURE = Duration.ofSeconds(2);

    private static final Duration FORGET = Duration.ofMinutes(1);

    private final Path folder;
    private final LongSupplier nanos;
    private final Map<Path, Known> known = new TreeMap<>(IN_ORDER);
    private final Map<Path, Long> gone = new TreeMap<>(IN_ORDER);

    public RoutesFolder(Path folder) {
        this(folder, System::nanoTime);
    }

    RoutesFolder(Path folder, LongSupplier nanos) {
        this.folder = folder;
        this.nanos = nanos;
    }

    /** Where it is. */
    public Path path() {
        return folder;
    }

    /**
     * A file as it was seen.
     *
     * @param text null where it cannot be read
     * @param error why it cannot be read, or null
     * @param version the beginning of the text's hash, or of the error's
     * @param quiet for how long it has not changed
     */
    public record Seen(String text, String error, String version, Duration quiet) {
        Seen quietFor(Duration time) {
            return new Seen(text, error, version, time);
        }
    }

    /**
     * One look at the folder.
     *
     * @param files by their paths relative to the folder, in order; folders that cannot be read are
     *     among them
     * @param gone those that were there lately, with how long they have been gone
     */
    public record Look(SortedMap<Path, Seen> files, SortedMap<Path, Duration> gone) {
        /** The same, long after the last change. */
        Look settled() {
            var settled = new TreeMap<Path, Seen>(IN_ORDER);
            files.forEach((path, seen) -> settled.put(path, seen.quietFor(FORGET)));
            var left = new TreeMap<Path, Duration>(IN_ORDER);
            gone.keySet().forEach(path -> left.put(path, FORGET));
            return new Look(settled, left);
        }
    }

    /** What identifies a state of a file without reading it. */
    private record Stamp(FileTime modified, long size, Object key) {
        static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    private record Known(Stamp stamp, Seen seen, long changedAt, boolean sure) {}

    /**
     * Looks at the YAML files of the folder and all folders in it. Hidden files and folders are
     * left out: editors and Kubernetes keep copies there.
     *
     * @throws IOException when the folder cannot be read; what is in it may be as before
     */
    public synchronized Look look() throws IOException {
        var walk = new Walk();
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, walk);
        long now = nanos.getAsLong();
        var files = new TreeMap<Path, Seen>(IN_ORDER);
        for (var found : walk.found.entrySet()) {
            Known next = see(found.getKey(), found.getValue(), now);
            known.put(found.getKey(), next);
            gone.remove(found.getKey());
            files.put(found.getKey(), next.seen.quietFor(Duration.ofNanos(now - next.changedAt)));
        }
        walk.closed.forEach(
                (path, why) ->
                        files.put(
                                path,
                                failed("cannot be read: " + Reasons.of(why)).quietFor(FORGET)));
        known.keySet()
                .removeIf(
                        path -> {
                            boolean left = !files.containsKey(path);
                            if (left) {
                                gone.putIfAbsent(path, now);
                            }
                            return left;
                        });
        gone.values().removeIf(since -> now - since > FORGET.toNanos());
        var left = new TreeMap<Path, Duration>(IN_ORDER);
        gone.forEach((path, since) -> left.put(path, Duration.ofNanos(now - since)));
        return new Look(files, left);
    }

    private Known see(Path path, Stamp stamp, long now) {
        Known before = known.get(path);
        if (before != null && before.sure && before.stamp.equals(stamp)) {
            return before;
        }
        boolean old = System.currentTimeMillis() - stamp.modified.toMillis() > SURE.toMillis();
        Seen seen = read(folder.resolve(path), stamp.size);
        // What keeps a file from being read may end without the file's being changed.
        boolean sure = old && seen.error == null;
        boolean same = before != null && before.seen.version.equals(seen.version);
        return new Known(stamp, seen, same ? before.changedAt : now, sure);
    }

    private static Seen read(Path file, long size) {
        try {
            if (size > MAX_BYTES) {
                return failed("is larger than 10 MiB");
            }
            String text = Files.readString(file);
            return new Seen(text, null, version(text), Duration.ZERO);
        } catch (CharacterCodingException e) {
            return failed("is not UTF-8");
        } catch (IOException e) {
            return failed("cannot be read: " + Reasons.of(e));
        }
    }

    private static Seen failed(String error) {
        return new Seen(null, error, version("\0" + error), Duration.ZERO);
    }

    private static String version(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private final class Walk extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> found = new TreeMap<>(IN_ORDER);
        private final Map<Path, IOException> closed = new TreeMap<>(IN_ORDER);

        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return isHidden(path) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isYaml(path) && !isHidden(path)) {
                found.put(folder.relativize(path), Stamp.of(attributes));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException why) throws IOException {
            if (path.equals(folder)) {
                throw why;
            }
            // A loop of links, or a folder that must not be read: nobody can tell what is in it, so
            // what was there stays. What is gone between two looks is just gone.
            if (Files.isDirectory(path) && !isHidden(path)) {
                Path relative = folder.relativize(path);
                closed.put(relative, why);
                known.forEach(
                        (file, seen) -> {
                            if (file.startsWith(relative)) {
                                found.put(file, seen.stamp);
                            }
                        });
            }
            return FileVisitResult.CONTINUE;
        }

        private boolean isHidden(Path path) {
            return !path.equals(folder)
                    && Objects.requireNonNull(path.getFileName()).toString().startsWith(".");
        }

        private static boolean isYaml(Path path) {
            String name = Objects.requireNonNull(path.getFileName()).toString();
            return name.endsWith(".yaml") || name.endsWith(".yml");
        }
    }
}

package io.cistern.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** A page of the documents: its blocks of code and its tables. */
final class Markdown {
    private static final Pattern FENCED =
            Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE);
    private static final Pattern CELLS = Pattern.compile("(?<!\\\\)\\|");

    private final String text;

    private Markdown(String text) {
        this.text = text;
    }

    static Markdown read(String page) throws IOException {
        return new Markdown(Files.readString(Path.of("docs", page)));
    }

    /**
     * A block of code.
     *
     * @param language what it says of itself, may be empty
     */
    record Block(String language, String text) {
        private static final String COMMENT = "# ";

        /** The file that it is meant to be, which its first line names. */
        Path file() {
            var first = text.lines().findFirst().orElse("");
            if (!first.startsWith(COMMENT)) {
                throw new AssertionError("a block that names no file: " + first);
            }
            return Path.of(first.substring(COMMENT.length()));
        }
    }

    /** The blocks of code in one language, in their order. */
    List<Block> blocks(String language) {
        var blocks = new ArrayList<Block>();
        var found = FENCED.matcher(text);
        while (found.find()) {
            if (found.group(1).equals(language)) {
                blocks.add(new Block(language, found.group(2)));
            }
        }
        return blocks;
    }

    /** The block that is meant to be a file of this name. */
    Block block(String language, String fileName) {
        return blocks(language).stream()
                .filter(block -> block.file().getFileName().toString().equals(fileName))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no block for " + fileName));
    }

    /** The rows below the head of the table whose first column has that title, cell by cell. */
    List<List<String>> table(String firstColumn) {
        var lines = text.lines().toList();
        var head = 0;
        while (head < lines.size() && !lines.get(head).startsWith("| " + firstColumn + " |")) {
            head++;
        }
        return lines.stream()
                .skip(head + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .map(Markdown::cells)
                .toList();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(CELLS.split(line)).skip(1).map(String::strip).toList();
    }
}

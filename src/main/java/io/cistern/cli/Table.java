package io.cistern.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns stand below each other. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param heading a name for each column
     */
    Table(String... heading) {
        rows.add(List.of(heading));
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column; null where there is nothing to say
     */
    void add(String... cells) {
        var row = new ArrayList<String>();
        for (String cell : cells) {
            row.add(cell == null || cell.isEmpty() ? "-" : OneLine.of(cell));
        }
        rows.add(row);
    }

    /** The heading and the rows, without spaces at their ends. */
    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            line.append(GAP).append(cell).append(" ".repeat(width(i) - length(cell)));
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}

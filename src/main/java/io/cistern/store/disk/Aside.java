package io.cistern.store.disk;

import java.io.IOException;
import java.util.List;

/** Damaged ledgers, a few of which stay for whoever wants to know. */
final class Aside {

    private static final String PREFIX = "damaged-";
    private static final int MOST = 3;

    private Aside() {}

    /** Moves the ledgers that count aside; the last of the names that they got. */
    static String put(Folder folder) throws IOException {
        var numbers = numbers(folder);
        var next = numbers.isEmpty() ? 1 : numbers.get(numbers.size() - 1) + 1;
        for (var name : folder.list()) {
            if (Ledger.number(name) > 0) {
                folder.rename(name, PREFIX + next++);
            }
        }
        folder.force();
        numbers = numbers(folder);
        for (var i = 0; i < numbers.size() - MOST; i++) {
            folder.delete(PREFIX + numbers.get(i));
        }
        return PREFIX + (next - 1);
    }

    private static List<Integer> numbers(Folder folder) throws IOException {
        return folder.list().stream()
                .map(name -> Numbered.of(PREFIX, name))
                .filter(number -> number > 0)
                .sorted()
                .toList();
    }
}

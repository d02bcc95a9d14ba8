package io.cistern.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Edits a folder of route files at random, and knows which of them have to be taken: who has a name
 * keeps it, else whose route is the one that runs, else the first file in order gets it; a file
 * that cannot be taken changes nothing.
 */
final class EditModel {
    /** Caches that every valid edit keeps, two a file: lookups of them must never fail. */
    static final List<String> PINNED = names("pinned", 6);

    private static final List<String> OTHERS = names("other", 6);
    private static final int FREE_FILES = 4;
    private static final String[] BROKEN = {
        // no YAML
        "- route: [",
        // no EIP
        "- route: { id: r, from: { uri: \"cistern:r\", steps: [ { setBdy: { constant: x } } ] } }",
        // no option
        "- route: { id: r, from: { uri: \"cistern:r?tll=1m\", steps: [ { log: x } ] } }",
        // what only loading tells
        "- route: { id: r, from: { uri: \"cistern:r\", steps: [ { setBody: { simple: \"${a\" } } ] } }",
        "- route: { id: r, from: { uri: \"cistern:r\", steps: [ { bean: { ref: none } } ] } }",
        "- route: { id: r, from: { uri: \"cistern:r\", steps: [ { to: \"cistern:nowhere\" } ] } }",
        // what only starting tells
        "- route: { id: r, from: { uri: \"file:no-such?autoCreate=false&startingDirectoryMustExist=true\","
                + " steps: [ { log: x } ] } }",
    };

    private final Random random;
    private final SortedMap<String, Version> folder = new TreeMap<>();
    private SortedMap<String, Version> active = new TreeMap<>();
    private final SortedMap<String, Version> refused = new TreeMap<>();
    private int number;

    /**
     * A text of a file.
     *
     * @param caches with the number that their values show
     */
    record Version(String text, SortedMap<String, Integer> caches, boolean broken) {}

    EditModel(long seed) {
        random = new Random(seed);
        for (int i = 0; i < PINNED.size() / 2; i++) {
            folder.put("home" + i + "/a.camel.yaml", valid(home(i)));
        }
        settle();
    }

    private static List<String> names(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    private static List<String> home(int file) {
        return PINNED.subList(2 * file, 2 * file + 2);
    }

    /** What lies in the folder. */
    Map<String, String> files() {
        var files = new HashMap<String, String>();
        folder.forEach((name, version) -> files.put(name, version.text));
        return files;
    }

    /** The caches that have to run, with the numbers that their values have to show. */
    SortedMap<String, Integer> caches() {
        var caches = new TreeMap<String, Integer>();
        active.values().forEach(version -> caches.putAll(version.caches));
        return caches;
    }

    /** The files that have to be refused. */
    Set<String> refused() {
        return refused.keySet();
    }

    /** Makes one edit. */
    String edit() {
        String edit = random.nextInt(3) == 0 ? editHome() : editFree();
        settle();
        return edit;
    }

    /** Deletes what is refused, and writes those anew that must be there. */
    void mend() {
        for (String name : List.copyOf(refused.keySet())) {
            folder.remove(name);
            if (name.startsWith("home")) {
                folder.put(name, valid(home(name.charAt("home".length()) - '0')));
            }
        }
        settle();
    }

    private String editHome() {
        int file = random.nextInt(PINNED.size() / 2);
        String name =
                folder.keySet().stream()
                        .filter(path -> path.startsWith("home" + file))
                        .findFirst()
                        .orElseThrow();
        switch (random.nextInt(4)) {
            case 0 -> folder.put(name, broken());
            case 1 -> {
                if (refused.containsKey(name)) {
                    folder.put(name, valid(home(file)));
                } else {
                    folder.put(
                            "home" + file + "/" + random.nextInt(100) + ".camel.yaml",
                            folder.remove(name));
                }
            }
            default -> folder.put(name, valid(home(file)));
        }
        return name;
    }

    private String editFree() {
        String name = "free" + random.nextInt(FREE_FILES) + ".camel.yaml";
        switch (random.nextInt(6)) {
            case 0 -> folder.remove(name);
            case 1 -> folder.put(name, broken());
            case 2 -> folder.put(name, clash());
            default -> folder.put(name, valid(some()));
        }
        return name;
    }

    /** Somebody else's name, on a route that is not the one that runs. */
    private Version clash() {
        var name = PINNED.get(random.nextInt(PINNED.size()));
        var caches = new TreeMap<>(Map.of(name, ++number));
        return new Version(route(name, number), caches, false);
    }

    private List<String> some() {
        return OTHERS.stream().filter(any -> random.nextInt(3) == 0).toList();
    }

    private Version broken() {
        return new Version(
                "# " + ++number + "\n" + BROKEN[random.nextInt(BROKEN.length)] + "\n",
                new TreeMap<>(),
                true);
    }

    /** Some of its routes are as they were: those go on running. */
    private Version valid(List<String> names) {
        number++;
        var caches = new TreeMap<String, Integer>();
        var text = new StringBuilder("# " + number + "\n");
        var running = caches();
        for (String name : names) {
            int shown = random.nextBoolean() ? number : running.getOrDefault(name, number);
            caches.put(name, shown);
            text.append(route(name, shown));
        }
        return new Version(text.toString(), caches, false);
    }

    private static String route(String name, int shown) {
        return """
                - route:
                    id: %1$s
                    from:
                      uri: cistern:%1$s
                      parameters: { ttl: 1m, tags: "${header.CisternKey}" }
                      steps:
                        - setBody: { simple: "%2$d for ${header.CisternKey}" }
                """
                .formatted(name, shown);
    }

    private void settle() {
        SortedMap<String, Optional<Version>> candidates = new TreeMap<>();
        active.keySet().forEach(name -> candidates.put(name, Optional.empty()));
        folder.forEach((name, version) -> candidates.put(name, Optional.of(version)));
        refused.clear();
        candidates.forEach(
                (name, version) ->
                        version.filter(Version::broken).ifPresent(no -> refused.put(name, no)));
        SortedMap<String, Version> wanted;
        List<String> losers;
        do {
            wanted = wanted(candidates);
            losers = losers(wanted);
            losers.forEach(name -> refused.put(name, folder.get(name)));
        } while (!losers.isEmpty());
        active = wanted;
    }

    private SortedMap<String, Version> wanted(SortedMap<String, Optional<Version>> candidates) {
        var wanted = new TreeMap<>(active);
        candidates.forEach(
                (name, version) -> {
                    if (!refused.containsKey(name)) {
                        version.ifPresentOrElse(
                                v -> wanted.put(name, v), () -> wanted.remove(name));
                    }
                });
        return wanted;
    }

    private List<String> losers(SortedMap<String, Version> wanted) {
        var owners = new HashMap<String, String>();
        active.forEach(
                (name, version) ->
                        version.caches.keySet().stream()
                                .filter(
                                        cache ->
                                                wanted.containsKey(name)
                                                        && wanted.get(name)
                                                                .caches
                                                                .containsKey(cache))
                                .forEach(cache -> owners.put(cache, name)));
        var running = caches();
        for (boolean moved : new boolean[] {true, false}) {
            wanted.forEach(
                    (name, version) ->
                            version.caches.forEach(
                                    (cache, shown) -> {
                                        if (!moved || shown.equals(running.get(cache))) {
                                            owners.putIfAbsent(cache, name);
                                        }
                                    }));
        }
        var losers = new ArrayList<String>();
        wanted.forEach(
                (name, version) -> {
                    if (version.caches.keySet().stream()
                            .anyMatch(cache -> !owners.get(cache).equals(name))) {
                        losers.add(name);
                    }
                });
        return losers;
    }

    private Map<String, SortedMap<String, Integer>> running() {
        var running = new TreeMap<String, SortedMap<String, Integer>>();
        active.forEach((name, version) -> running.put(name, version.caches));
        return running;
    }

    @Override
    public String toString() {
        return folder.entrySet().stream()
                .map(
                        file ->
                                "--- "
                                        + file.getKey()
                                        + (refused.containsKey(file.getKey()) ? " (refused)" : "")
                                        + "\n"
                                        + file.getValue().text)
                .collect(Collectors.joining("", "", "--- wanted to run: " + running() + "\n"));
    }
}

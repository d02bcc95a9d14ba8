package io.cistern.cache.order;

/**
 * A pattern in Redis's glob syntax: {@code *}, {@code ?}, {@code [abc]}, {@code [^abc]}, {@code
 * [a-z]} and {@code \} before a character that stands for itself. It matches whole keys, in time
 * proportional to the product of both lengths at worst.
 */
public final class Glob {

    private final String pattern;
    private final int[] glob;

    private Glob(String pattern) {
        this.pattern = pattern;
        this.glob = pattern.codePoints().toArray();
    }

    /**
     * @param pattern the pattern; never refused, since Redis refuses none
     * @return the pattern, ready to match
     */
    public static Glob of(String pattern) {
        return new Glob(pattern);
    }

    public String pattern() {
        return pattern;
    }

    public boolean matches(String key) {
        var text = key.codePoints().toArray();
        var p = 0;
        var t = 0;
        var star = -1;
        var resume = 0;
        while (t < text.length) {
            if (p < glob.length && glob[p] == '*') {
                star = p++;
                resume = t;
            } else if (p < glob.length && matchesOne(p, text[t])) {
                p = after(p);
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < glob.length && glob[p] == '*') {
            p++;
        }
        return p == glob.length;
    }

    private boolean matchesOne(int p, int c) {
        return switch (glob[p]) {
            case '?' -> true;
            case '[' -> inSet(p + 1, c);
            case '\\' -> c == (p + 1 < glob.length ? glob[p + 1] : '\\');
            default -> glob[p] == c;
        };
    }

    private boolean inSet(int start, int c) {
        var p = start;
        var not = p < glob.length && glob[p] == '^';
        if (not) {
            p++;
        }
        var found = false;
        for (; p < glob.length && glob[p] != ']'; p++) {
            if (glob[p] == '\\' && p + 1 < glob.length) {
                p++;
                found |= glob[p] == c;
            } else if (p + 2 < glob.length && glob[p + 1] == '-') {
                var low = Math.min(glob[p], glob[p + 2]);
                var high = Math.max(glob[p], glob[p + 2]);
                found |= low <= c && c <= high;
                p += 2;
            } else {
                found |= glob[p] == c;
            }
        }
        return found != not;
    }

    /** The index behind the element that begins at p; an unclosed set ends with the pattern. */
    private int after(int p) {
        if (glob[p] == '\\') {
            return Math.min(p + 2, glob.length);
        }
        if (glob[p] != '[') {
            return p + 1;
        }
        var q = p + 1;
        if (q < glob.length && glob[q] == '^') {
            q++;
        }
        while (q < glob.length && glob[q] != ']') {
            if (glob[q] == '\\') {
                q += 2;
            } else if (q + 2 < glob.length && glob[q + 1] == '-') {
                q += 3;
            } else {
                q++;
            }
        }
        return Math.min(q + 1, glob.length);
    }

    @Override
    public String toString() {
        return pattern;
    }
}

package io.cistern.component;

import org.apache.camel.spi.Metadata;

/** Headers that the component reads and writes. */
public final class CisternConstants {

    @Metadata(
            label = "producer",
            description = "The name of the cache, where the URI has an asterisk instead of a name.",
            javaType = "String")
    public static final String CACHE = "CisternCache";

    @Metadata(
            description =
                    "The key. An origin's route gets it; where it loads many keys at once, the body"
                            + " is the list of keys and this is the first of them.",
            javaType = "String")
    public static final String KEY = "CisternKey";

    @Metadata(
            label = "consumer",
            description = "The key, percent-encoded, for use in a URI.",
            javaType = "String")
    public static final String KEY_ENCODED = "CisternKeyEncoded";

    @Metadata(
            description =
                    "How long the value is fresh, such as 10m; a route may set it for what it"
                            + " loaded, also where the origin has no such value, and a producer"
                            + " for what it puts.",
            javaType = "String")
    public static final String TTL = "CisternTtl";

    @Metadata(
            label = "consumer",
            description =
                    "How long after its ttl the value may be served stale, in place of the cache's"
                            + " maxStale; 0 for never.",
            javaType = "String")
    public static final String MAX_STALE = "CisternMaxStale";

    @Metadata(
            description =
                    "Tags of the value, by commas or as a list; besides those that the cache's own"
                            + " expression gives.",
            javaType = "String")
    public static final String TAGS = "CisternTags";

    @Metadata(
            description =
                    "The origin's own entity tag of the value. A cache's route gets that of the"
                            + " older value, where one is known, and may then answer 304 in"
                            + " CamelHttpResponseCode: the older value holds on.",
            javaType = "String")
    public static final String ETAG = "CisternEtag";

    @Metadata(
            label = "consumer",
            description = "The origin's own version of the value, a whole number.",
            javaType = "Long")
    public static final String ORIGIN_VERSION = "CisternOriginVersion";

    @Metadata(
            label = "consumer",
            description =
                    "The environment for which the value is to be made, as far as the cache's"
                            + " conditions name it: a map from name to text.",
            javaType = "Map")
    public static final String ENVIRONMENT = "CisternEnvironment";

    @Metadata(
            label = "producer",
            description = "After a lookup: how the answer came about, such as NEAR or MISS.",
            javaType = "String")
    public static final String WAY = "CisternWay";

    @Metadata(
            label = "producer",
            description = "For invalidate, instead of a key: the tag to invalidate.",
            javaType = "String")
    public static final String TAG = "CisternTag";

    @Metadata(
            label = "producer",
            description = "For invalidate, instead of a key: the pattern of keys to invalidate.",
            javaType = "String")
    public static final String PATTERN = "CisternPattern";

    @Metadata(
            label = "producer",
            description = "For prune: the age above which entries are deleted as well, such as 7d.",
            javaType = "String")
    public static final String OLDER_THAN = "CisternOlderThan";

    private CisternConstants() {}
}

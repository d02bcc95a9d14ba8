package io.cistern.component;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Caches;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Look values up through a cache, and load what is not in it from a route. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "cistern",
        title = "Cistern",
        syntax = "cistern:name",
        category = Category.CACHE,
        headersClass = CisternConstants.class)
public class CisternEndpoint extends DefaultEndpoint {

    @UriPath(
            description =
                    "The name of the cache: letters, digits, '-', '_' and '.'. For a producer also"
                            + " an asterisk: the header CisternCache says which.")
    @Metadata(required = true)
    private String name;

    @UriParam private CacheOptions options = new CacheOptions();

    @UriParam(label = "producer", description = "What to do.", defaultValue = "lookup")
    private Operation operation = Operation.lookup;

    @UriParam(
            label = "producer,advanced",
            description = "What the body is after a lookup.",
            defaultValue = "value")
    private Answer answer = Answer.value;

    public CisternEndpoint(String uri, CisternComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public CisternComponent getComponent() {
        return (CisternComponent) super.getComponent();
    }

    Caches caches() {
        return getComponent().getCaches();
    }

    /**
     * The policy that the options say.
     *
     * @throws IllegalArgumentException if an option is wrong; the message names it
     */
    public CachePolicy policy() {
        return PolicyOptions.policy(name, options, getComponent().getDefaultTtl());
    }

    @Override
    public Producer createProducer() {
        return new CisternProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        var consumer = new CisternConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public CacheOptions getOptions() {
        return options;
    }

    public void setOptions(CacheOptions options) {
        this.options = options;
    }

    public Operation getOperation() {
        return operation;
    }

    public void setOperation(Operation operation) {
        this.operation = operation;
    }

    public Answer getAnswer() {
        return answer;
    }

    public void setAnswer(Answer answer) {
        this.answer = answer;
    }
}

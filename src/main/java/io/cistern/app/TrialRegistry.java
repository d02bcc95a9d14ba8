package io.cistern.app;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultRegistry;

/**
 * The registry of a context in which routes are tried: what they bring first, then what the live
 * one has. Initialisers of beans are not called, since they do something to the world, and
 * components of the live context are not lent, since they belong to one context.
 */
final class TrialRegistry extends DefaultRegistry {
    private final Registry live;

    TrialRegistry(Registry live) {
        this.live = live;
    }

    @Override
    public void bind(
            String id, Class<?> type, Object bean, String initMethod, String destroyMethod) {
        // What its making opened is closed again, unless it is what the live context works with.
        boolean isLive = live.lookupByName(id) == bean;
        super.bind(id, type, bean, null, isLive ? null : destroyMethod);
    }

    @Override
    public void bind(
            String id,
            Class<?> type,
            Supplier<Object> bean,
            String initMethod,
            String destroyMethod) {
        super.bind(id, type, bean, null, null);
    }

    @Override
    public Object lookupByName(String name) {
        Object own = super.lookupByName(name);
        return own == null ? lent(live.lookupByName(name)) : own;
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        T own = super.lookupByNameAndType(name, type);
        return own == null ? lent(live.lookupByNameAndType(name, type)) : own;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        var all = new HashMap<>(live.findByTypeWithName(type));
        all.values().removeIf(bean -> lent(bean) == null);
        all.putAll(super.findByTypeWithName(type));
        return all;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        var all = new HashSet<>(live.findByType(type));
        all.removeIf(bean -> lent(bean) == null);
        all.addAll(super.findByType(type));
        return all;
    }

    private static <T> T lent(T bean) {
        return bean instanceof Component ? null : bean;
    }
}

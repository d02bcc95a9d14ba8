package io.cistern.reload;

import io.cistern.routefiles.RouteUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.rest.RestDefinition;

/** What a file brought into a Camel context. */
final class Content {
    final List<RouteDefinition> routes = new ArrayList<>();
    final List<RouteTemplateDefinition> templates = new ArrayList<>();
    final List<RouteConfigurationDefinition> configurations = new ArrayList<>();
    final List<RestDefinition> rests = new ArrayList<>();
    final List<BeanFactoryDefinition<?>> beans = new ArrayList<>();

    List<String> routeIds() {
        return routes.stream().map(RouteDefinition::getId).sorted().toList();
    }

    boolean isEmpty() {
        return routes.isEmpty()
                && templates.isEmpty()
                && configurations.isEmpty()
                && rests.isEmpty()
                && beans.isEmpty();
    }

    void add(Content other) {
        routes.addAll(other.routes);
        templates.addAll(other.templates);
        configurations.addAll(other.configurations);
        rests.addAll(other.rests);
        beans.addAll(other.beans);
    }

    /** Takes out what some elements brought. */
    Content take(List<RouteUnit> units) {
        var taken = new Content();
        Set<String> ids = names(units, RouteUnit.Kind.ROUTE);
        Set<String> templateIds = names(units, RouteUnit.Kind.TEMPLATE);
        Set<String> beanNames =
                names(units, RouteUnit.Kind.BEANS).stream()
                        .flatMap(names -> Stream.of(names.split(",")))
                        .collect(Collectors.toSet());
        move(routes, taken.routes, route -> ids.contains(route.getId()));
        move(templates, taken.templates, template -> templateIds.contains(template.getId()));
        move(beans, taken.beans, bean -> beanNames.contains(bean.getName()));
        return taken;
    }

    /** Takes out all. */
    Content takeAll() {
        var taken = new Content();
        taken.add(this);
        routes.clear();
        templates.clear();
        configurations.clear();
        rests.clear();
        beans.clear();
        return taken;
    }

    private static <T> void move(
            List<T> from, List<T> to, java.util.function.Predicate<? super T> which) {
        from.stream().filter(which).forEach(to::add);
        from.removeAll(to);
    }

    private static Set<String> names(List<RouteUnit> units, RouteUnit.Kind kind) {
        return units.stream()
                .filter(unit -> unit.kind() == kind)
                .map(RouteUnit::name)
                .collect(Collectors.toSet());
    }
}

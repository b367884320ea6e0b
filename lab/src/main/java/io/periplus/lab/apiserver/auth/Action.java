package io.periplus.lab.apiserver.auth;

import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;

/**
 * What a caller wants to do to a resource, in the terms of RBAC.
 *
 * @param subresource empty for the object itself
 * @param namespace empty for cluster-scoped resources and all namespaces
 * @param name empty for collections
 */
public record Action(String verb, String group, String resource, String subresource, String namespace, String name) {

    /** The action of a request. */
    static Action of(Call call, Path path) {
        boolean one = !path.name().isEmpty();
        String verb = switch (call.method()) {
            case "GET", "HEAD" -> call.flag("watch") ? "watch" : one ? "get" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> one ? "delete" : "deletecollection";
            default -> call.method();
        };
        return new Action(verb, path.group(), path.resource(), path.subresource(), path.namespace(), path.name());
    }

    /** {@code resource} or {@code resource/subresource}, as rules name it. */
    String qualifiedResource() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }

    /** As the API server puts it: {@code pods is forbidden: User "x" cannot list resource "pods" in API group "" …}. */
    String refusal(User user) {
        String what = resource + (group.isEmpty() ? "" : "." + group);
        String which = name.isEmpty() ? "" : " \"" + name + "\"";
        String where = namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"";
        return what + which + " is forbidden: User \"" + user.name() + "\" cannot " + verb + " resource \""
                + qualifiedResource() + "\" in API group \"" + group + "\" " + where;
    }
}

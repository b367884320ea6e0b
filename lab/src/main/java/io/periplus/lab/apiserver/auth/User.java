package io.periplus.lab.apiserver.auth;

import java.util.List;
import java.util.Map;

/** An authenticated caller, as {@code authentication.k8s.io/v1 UserInfo}. */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public static final User ANONYMOUS = new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    public User {
        groups = List.copyOf(groups);
    }

    public boolean anonymous() {
        return groups.contains("system:unauthenticated");
    }

    public boolean inGroup(String group) {
        return groups.contains(group);
    }
}

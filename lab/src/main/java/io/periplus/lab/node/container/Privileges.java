package io.periplus.lab.node.container;

import java.util.List;
import java.util.TreeSet;

/**
 * Who a container's processes are and what they may do.
 *
 * @param user numeric
 * @param groups supplementary groups
 * @param capabilities lower case, without {@code cap_}; {@code all} for a privileged container
 * @param noNewPrivileges {@code allowPrivilegeEscalation: false}
 * @param readOnlyRoot the root file system cannot be written
 */
public record Privileges(
        int user,
        int group,
        List<Integer> groups,
        List<String> capabilities,
        boolean noNewPrivileges,
        boolean readOnlyRoot) {
    /** What container engines leave to an ordinary container; without mknod, as there is no device filter here. */
    public static final List<String> DEFAULT_CAPABILITIES = List.of(
            "audit_write",
            "chown",
            "dac_override",
            "fowner",
            "fsetid",
            "kill",
            "net_bind_service",
            "net_raw",
            "setfcap",
            "setgid",
            "setpcap",
            "setuid",
            "sys_chroot");

    public Privileges {
        groups = List.copyOf(groups);
        capabilities = List.copyOf(new TreeSet<>(capabilities));
    }

    boolean isPrivileged() {
        return capabilities.contains("all");
    }

    /** The beginning of a command line that takes these privileges and runs the rest of the line. */
    List<String> prefix() {
        List<String> line = new java.util.ArrayList<>(List.of("setpriv"));
        if (user != 0 || group != 0) {
            line.addAll(List.of("--reuid", Integer.toString(user), "--regid", Integer.toString(group)));
        }
        if (groups.isEmpty()) {
            line.add("--clear-groups");
        } else {
            line.add("--groups="
                    + String.join(",", groups.stream().map(Object::toString).toList()));
        }
        if (!isPrivileged()) {
            StringBuilder bounds = new StringBuilder("-all");
            capabilities.forEach(capability -> bounds.append(",+").append(capability));
            line.add("--bounding-set=" + bounds);
            line.add("--inh-caps=-all");
        }
        if (noNewPrivileges) {
            line.add("--no-new-privs");
        }
        line.add("--");
        return line;
    }
}

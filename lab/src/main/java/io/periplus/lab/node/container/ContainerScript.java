package io.periplus.lab.node.container;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the shell script that starts a container. One script, run twice: first outside, where it joins the cgroup and
 * makes the namespaces; then inside, where it builds the root file system, says {@code ready <pid>} (the pid as seen
 * outside) as its first line of output and becomes the container's program.
 *
 * <p>The root is an overlay of this machine's {@code /} whose upper layer is a tmpfs in the container's own mount
 * namespace: nothing that a container writes reaches the machine, and all of it is gone with its last process. Home
 * directories and {@code /tmp} and {@code /run} of the machine do not show.
 */
final class ContainerScript {
    /** What a container may write outside of its volumes. */
    private static final String SCRATCH_SIZE = "256m";

    /** Begins a session whose terminal is standard input; inside the pid namespace, as job control needs it there. */
    static final List<String> SESSION = List.of("setsid", "--ctty");

    private final ContainerSpec spec;

    ContainerScript(ContainerSpec spec) {
        this.spec = spec;
    }

    String render() {
        return """
                #!/bin/sh -e
                # Starts container %1$s.
                if [ "$1" != inside ]; then
                    echo 0 > %2$s
                    exec nsenter --net=%3$s unshare --mount --uts %4$s /bin/sh -e "$0" inside
                fi
                read -r pid rest < /proc/self/stat
                echo %5$s > /proc/sys/kernel/hostname
                mount -t tmpfs -o size=%6$s,mode=755 scratch %7$s/scratch
                cd %7$s/scratch
                mkdir upper work root tmp run run/lock home
                chmod 1777 tmp run/lock
                mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
                cd root
                mkdir .outside
                mount --bind ../tmp tmp
                mount --bind ../run run
                mount --bind ../home root
                mount --bind ../home home
                mount -t proc proc proc
                mount -t sysfs -o ro sysfs sys
                mount --bind %8$s dev
                mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
                mount -t tmpfs -o size=64m,mode=1777 shm dev/shm
                pivot_root . .outside
                cd /
                %9$s%10$s%11$s
                umount -l /.outside
                rmdir /.outside
                %12$s
                """.formatted(
                        spec.name(),
                        quote(spec.cgroup().directory().resolve("cgroup.procs").toString()),
                        quote(spec.networkNamespace().toString()),
                        spec.hostPid() ? "" : "--pid --fork --kill-child",
                        quote(spec.hostname()),
                        SCRATCH_SIZE,
                        quote(spec.directory().toString()),
                        quote(spec.devices().toString()),
                        etc(),
                        mounts(),
                        kernel(),
                        program());
    }

    /** The files of /etc, which may be symbolic links on this machine. */
    private String etc() {
        StringBuilder script = new StringBuilder("cd /etc\nrm -f");
        spec.etc().keySet().forEach(name -> script.append(' ').append(name));
        spec.etc()
                .forEach((name, text) -> script.append("\nprintf %s ")
                        .append(quote(text))
                        .append(" > ")
                        .append(name));
        return script.append("\ncd /\n").toString();
    }

    /** The kernel's settings belong to the machine: only a privileged container may change them. */
    private String kernel() {
        return spec.privileges().isPrivileged()
                ? ""
                : "mount -o bind,ro /proc/sys /proc/sys\n[ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger\n";
    }

    private String mounts() {
        StringBuilder script = new StringBuilder();
        for (Mount mount : spec.mounts()) {
            String source = quote("/.outside" + mount.source());
            String target = quote(mount.target());
            script.append(
                    "if [ -d %1$s ]; then mkdir -p %2$s; else mkdir -p \"$(dirname %2$s)\"; [ -e %2$s ] || : > %2$s; fi\n"
                            .formatted(source, target));
            script.append("mount -o bind%s %s %s\n".formatted(mount.readOnly() ? ",ro" : "", source, target));
        }
        return script.toString();
    }

    private String program() {
        String program = quote(spec.command().getFirst());
        String directory = quote(spec.workingDirectory().isEmpty() ? "/" : spec.workingDirectory());
        return """
                [ -d %1$s ] || mkdir -p %1$s
                %6$s
                cd %1$s
                PATH=%2$s
                if ! command -v %3$s > /dev/null; then
                    echo exec: %4$s: executable file not found in '$PATH'
                    exit 128
                fi
                echo ready "$pid"
                exec %5$s""".formatted(
                        directory,
                        quote(spec.environment().getOrDefault("PATH", DEFAULT_PATH)),
                        program,
                        quote("\"" + spec.command().getFirst() + "\""),
                        line(spec),
                        spec.privileges().readOnlyRoot() ? "mount -o remount,ro /" : "");
    }

    /** What a container's PATH is if neither image nor pod set one. */
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** The command line of the container's program, with its privileges and environment. */
    private static String line(ContainerSpec spec) {
        List<String> words = new ArrayList<>(spec.terminal() ? SESSION : List.of());
        words.addAll(spec.privileges().prefix());
        words.addAll(List.of("env", "-i"));
        spec.environment().forEach((name, value) -> words.add(name + "=" + value));
        if (spec.terminal() && !spec.environment().containsKey("TERM")) {
            words.add("TERM=xterm");
        }
        words.addAll(spec.command());
        return words.stream().map(ContainerScript::quote).collect(Collectors.joining(" "));
    }

    /** One word of shell, whatever is in it. */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}

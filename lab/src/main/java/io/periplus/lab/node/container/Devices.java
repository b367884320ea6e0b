package io.periplus.lab.node.container;

import io.periplus.lab.node.net.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The {@code /dev} of every container of a node: the devices that do no harm. */
public final class Devices {
    private Devices() {}

    /** Makes the directory, if it is not there yet. */
    public static void create(Path directory) throws IOException {
        if (Files.exists(directory.resolve("ptmx"))) {
            return;
        }
        Command.shell("""
                mkdir -p '%1$s'
                cd '%1$s'
                mkdir -p pts shm
                rm -f null zero full random urandom tty
                mknod -m 666 null c 1 3
                mknod -m 666 zero c 1 5
                mknod -m 666 full c 1 7
                mknod -m 666 random c 1 8
                mknod -m 666 urandom c 1 9
                mknod -m 666 tty c 5 0
                ln -sfn /proc/self/fd fd
                ln -sfn /proc/self/fd/0 stdin
                ln -sfn /proc/self/fd/1 stdout
                ln -sfn /proc/self/fd/2 stderr
                ln -sfn pts/ptmx ptmx
                """.formatted(directory));
    }
}

package io.periplus.lab.node.container;

import java.nio.file.Path;

/**
 * A file or directory that shows inside a container.
 *
 * @param source absolute, on this machine
 * @param target absolute, in the container
 */
public record Mount(Path source, String target, boolean readOnly) {}

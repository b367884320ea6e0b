package io.periplus.cli.analyze.snapshot;

import java.util.Map;

/**
 * Where an object was read.
 *
 * @param file empty for one of a cluster
 * @param lines from the JSON pointers of the object's fields to lines of the file, from 1
 */
public record Origin(String file, Map<String, Integer> lines) {
    /** Of every object that the API server gave. */
    public static final Origin CLUSTER = new Origin("", Map.of());

    /** {@code <file>:<line>} of the field, or of the nearest around it that is there; empty for a cluster. */
    public String reference(String pointer) {
        if (file.isEmpty()) {
            return "";
        }
        String at = pointer;
        while (!at.isEmpty() && !lines.containsKey(at)) {
            at = at.substring(0, at.lastIndexOf('/'));
        }
        return file + ":" + lines.getOrDefault(at, 1);
    }
}

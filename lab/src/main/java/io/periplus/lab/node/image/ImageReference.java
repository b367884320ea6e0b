package io.periplus.lab.node.image;

/**
 * A reference to an image in its full form, as the container world reads it: {@code busybox} is
 * {@code docker.io/library/busybox:latest}.
 *
 * @param repository registry and path
 * @param tag the tag, or the digest with its algorithm
 */
public record ImageReference(String repository, String tag) {
    public static ImageReference parse(String text) {
        String rest = text;
        String tag = "latest";
        int at = rest.indexOf('@');
        if (at >= 0) {
            tag = rest.substring(at + 1);
            rest = rest.substring(0, at);
        }
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            if (at < 0) {
                tag = rest.substring(colon + 1);
            }
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        if (slash < 0) {
            rest = "docker.io/library/" + rest;
        } else if (!first.contains(".") && !first.contains(":") && !first.equals("localhost")) {
            rest = "docker.io/" + rest;
        }
        return new ImageReference(rest, tag);
    }

    /** Whether this, taken as a pattern, covers {@code other}. */
    boolean covers(ImageReference other) {
        return repository.equals(other.repository) && (tag.equals("*") || tag.equals(other.tag));
    }

    @Override
    public String toString() {
        return repository + (tag.startsWith("sha256:") ? "@" : ":") + tag;
    }
}

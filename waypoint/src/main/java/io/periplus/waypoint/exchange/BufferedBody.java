package io.periplus.waypoint.exchange;

/**
 * The beginning of a request's body, or all of it.
 *
 * @param bytes not to be changed
 * @param whole whether nothing follows
 */
public record BufferedBody(byte[] bytes, boolean whole) {
    /** Of a request without content. */
    public static final BufferedBody NONE = new BufferedBody(new byte[0], true);
}

package io.periplus.waypoint.exchange;

import io.netty.channel.socket.DuplexChannel;

/**
 * A connection that leaves HTTP (RFC 9110 §7.8). First add what continues with its bytes, then release it.
 *
 * @param release removes the HTTP handlers; bytes that they had not used follow to the next handler
 */
public record BareConnection(DuplexChannel channel, Runnable release) {}

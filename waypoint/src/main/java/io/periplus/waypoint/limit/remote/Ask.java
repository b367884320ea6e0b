package io.periplus.waypoint.limit.remote;

import java.util.List;

/** What a request asks about one limit; {@code values} are the parts of its key. */
public record Ask(Asked limit, List<String> values) {}

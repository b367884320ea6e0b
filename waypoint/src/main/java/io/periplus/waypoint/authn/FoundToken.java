package io.periplus.waypoint.authn;

import java.util.List;

/**
 * Something that stands where a token should.
 *
 * @param rules whose tokens may be there
 */
record FoundToken(String text, Place place, List<CompiledRule> rules) {}

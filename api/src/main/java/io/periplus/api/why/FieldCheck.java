package io.periplus.api.why;

import java.util.List;

/**
 * How one field of a rule compared.
 *
 * @param field in the user's terms, such as {@code methods}
 * @param expected the values of the policy, of which one has to match
 * @param negated whether instead none of them may match
 * @param actual what the traffic has
 */
public record FieldCheck(String field, List<String> expected, boolean negated, String actual, boolean matched) {}

package io.periplus.model.input;

import java.util.Map;

/** A Namespace. */
public record NamespaceInput(String name, Map<String, String> labels, Map<String, String> annotations) {}

package io.periplus.model.input;

/** Where a node is; parts that are not known are empty. */
public record NodeInput(String name, String region, String zone, String subzone) {}

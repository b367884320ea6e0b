package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Objects as they were together at one resource version. */
public record Listing(List<ObjectNode> items, long resourceVersion) {}

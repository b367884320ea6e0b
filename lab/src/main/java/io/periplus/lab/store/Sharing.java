package io.periplus.lab.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Lets a new version of an object keep the subtrees it has in common with the version before, to save memory. */
final class Sharing {
    private Sharing() {}

    static void share(ObjectNode before, ObjectNode after) {
        for (Map.Entry<String, JsonNode> member : after.properties()) {
            JsonNode old = before.get(member.getKey());
            JsonNode fresh = member.getValue();
            if (old == null || old == fresh) {
                continue;
            }
            if (old.equals(fresh)) {
                member.setValue(old);
            } else if (old instanceof ObjectNode oldObject && fresh instanceof ObjectNode freshObject) {
                share(oldObject, freshObject);
            }
        }
    }
}

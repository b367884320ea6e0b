package io.periplus.dataplane.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.periplus.wire.xds.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Resources whose messages are taken as they are, by resource name. */
public final class MessageHandler<M extends Message> implements ResourceHandler {
    /** Takes one push. */
    @FunctionalInterface
    public interface Store<M> {
        /**
         * @param changed by resource name
         * @param removed names that are gone
         */
        void apply(Map<String, M> changed, Collection<String> removed);
    }

    private final String typeUrl;
    private final Parser<M> parser;
    private final Store<M> store;

    /** For the message's own type URL. */
    public MessageHandler(M prototype, Parser<M> parser, Store<M> store) {
        this.typeUrl = "type.googleapis.com/" + prototype.getDescriptorForType().getFullName();
        this.parser = parser;
        this.store = store;
    }

    @Override
    public String typeUrl() {
        return typeUrl;
    }

    @Override
    public Map<String, String> apply(List<Resource> changed, List<String> removed) {
        Map<String, M> messages = new HashMap<>();
        Map<String, String> rejected = new HashMap<>();
        for (Resource resource : changed) {
            try {
                messages.put(
                        resource.getName(),
                        parser.parseFrom(resource.getResource().getValue()));
            } catch (InvalidProtocolBufferException e) {
                rejected.put(resource.getName(), "undecodable: " + e.getMessage());
            }
        }
        store.apply(messages, removed);
        return rejected;
    }
}

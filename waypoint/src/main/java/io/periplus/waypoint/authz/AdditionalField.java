package io.periplus.waypoint.authz;

import io.netty.util.NetUtil;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.wire.waypoint.AdditionalHeader;
import io.periplus.wire.waypoint.ClientAttribute;
import io.periplus.wire.waypoint.RequestField;
import io.periplus.wire.waypoint.ValuePart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field that an authorizer is sent besides those of the request. */
record AdditionalField(String name, List<ValuePart> parts) {
    static AdditionalField of(AdditionalHeader message) {
        return new AdditionalField(message.getName(), List.copyOf(message.getValueList()));
    }

    /** Its value for a request; what the request does not have is left out. */
    String value(Subject subject, RequestHead head) {
        StringBuilder value = new StringBuilder();
        for (ValuePart part : parts) {
            switch (part.getKindCase()) {
                case LITERAL -> value.append(part.getLiteral());
                case REQUEST -> append(value, part.getRequest(), head);
                case CLIENT -> value.append(attribute(part.getClient(), subject));
                case KIND_NOT_SET -> {} // a kind that only a newer control plane knows
            }
        }
        return value.toString().strip();
    }

    private static void append(StringBuilder value, RequestField field, RequestHead head) {
        for (String name : field.getNamesList()) {
            String found = field(name, head);
            if (found != null) {
                int length =
                        field.getMaxLength() == 0 ? found.length() : Math.min(found.length(), field.getMaxLength());
                value.append(found, 0, length);
                return;
            }
        }
    }

    private static @Nullable String field(String name, RequestHead head) {
        return switch (name) {
            case ":method" -> head.method();
            case ":path" -> head.path();
            case ":authority", "host" -> head.authority();
            case ":scheme" -> head.scheme();
            default -> head.headers().get(name);
        };
    }

    private static String attribute(ClientAttribute attribute, Subject subject) {
        return switch (attribute) {
            case PROTOCOL -> String.valueOf(subject.protocol());
            case REMOTE_ADDRESS ->
                NetUtil.toSocketAddressString(subject.client().remoteAddress());
            case REMOTE_IP -> subject.client().attributes().source().toString();
            case LOCAL_ADDRESS -> NetUtil.toSocketAddressString(subject.client().localAddress());
            case PEER_PRINCIPAL ->
                subject.client().peer() == null
                        ? ""
                        : String.valueOf(subject.client().peer());
            case UNRECOGNIZED -> "";
        };
    }
}

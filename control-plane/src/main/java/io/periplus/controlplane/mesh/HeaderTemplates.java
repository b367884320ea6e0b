package io.periplus.controlplane.mesh;

import io.periplus.wire.waypoint.AdditionalHeader;
import io.periplus.wire.waypoint.ClientAttribute;
import io.periplus.wire.waypoint.RequestField;
import io.periplus.wire.waypoint.ValuePart;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of header fields with command operators, as access logs have them. */
final class HeaderTemplates {
    private static final Pattern OPERATOR = Pattern.compile("%(?:(%)|([A-Z_]+)(?:\\(([^)]*)\\))?(?::([0-9]{1,6}))?%)");

    private static final Map<String, ClientAttribute> ATTRIBUTES = Map.of(
            "PROTOCOL", ClientAttribute.PROTOCOL,
            "DOWNSTREAM_REMOTE_ADDRESS", ClientAttribute.REMOTE_ADDRESS,
            "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", ClientAttribute.REMOTE_IP,
            "DOWNSTREAM_LOCAL_ADDRESS", ClientAttribute.LOCAL_ADDRESS,
            "DOWNSTREAM_PEER_URI_SAN", ClientAttribute.PEER_PRINCIPAL);

    private HeaderTemplates() {}

    /** @throws MeshConfigException if the value has an operator that is not known, or what cannot stand in a field */
    static AdditionalHeader read(String place, String name, String value) throws MeshConfigException {
        AdditionalHeader.Builder header = AdditionalHeader.newBuilder().setName(name.toLowerCase(Locale.ROOT));
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f || c > 0xff)) {
            throw new MeshConfigException(
                    place + ": control characters and those beyond Latin-1 cannot stand in a header field");
        }
        int at = 0;
        Matcher operator = OPERATOR.matcher(value);
        while (at < value.length()) {
            int next = value.indexOf('%', at);
            int end = next < 0 ? value.length() : next;
            if (end > at) {
                header.addValue(ValuePart.newBuilder().setLiteral(value.substring(at, end)));
            }
            at = end;
            if (next >= 0) {
                if (!operator.find(next) || operator.start() != next) {
                    throw new MeshConfigException(
                            place + ": " + value + " (expected: %OPERATOR%, or %% for a percent sign)");
                }
                header.addValue(part(place, operator));
                at = operator.end();
            }
        }
        return header.build();
    }

    private static ValuePart part(String place, Matcher operator) throws MeshConfigException {
        if (operator.group(1) != null) {
            return ValuePart.newBuilder().setLiteral("%").build();
        }
        String argument = operator.group(3);
        if (operator.group(2).equals("REQ") && argument != null && !argument.isEmpty()) {
            RequestField.Builder field = RequestField.newBuilder();
            List.of(argument.split("\\?", 2)).forEach(name -> field.addNames(name.toLowerCase(Locale.ROOT)));
            if (operator.group(4) != null) {
                field.setMaxLength(Integer.parseInt(operator.group(4)));
            }
            return ValuePart.newBuilder().setRequest(field).build();
        }
        ClientAttribute attribute = ATTRIBUTES.get(operator.group(2));
        if (attribute == null || argument != null) {
            throw new MeshConfigException(place + ": the operator " + operator.group()
                    + " is not supported (expected: %REQ(NAME)%, %PROTOCOL%, %DOWNSTREAM_REMOTE_ADDRESS%,"
                    + " %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%, %DOWNSTREAM_LOCAL_ADDRESS% or"
                    + " %DOWNSTREAM_PEER_URI_SAN%)");
        }
        return ValuePart.newBuilder().setClient(attribute).build();
    }
}

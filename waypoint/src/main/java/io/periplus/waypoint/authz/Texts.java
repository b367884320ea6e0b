package io.periplus.waypoint.authz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Between fields of HTTP, whose characters are bytes, and texts of gRPC, which are UTF-8. */
final class Texts {
    private Texts() {}

    /** A field's value as text; what is not UTF-8 becomes {@code !}, as Envoy has it. */
    static String ofField(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return ofBytes(value.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return value;
    }

    /** The same for bytes. */
    static String ofBytes(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)
                    .replaceWith("!")
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("errors are replaced", e);
        }
    }

    /** A text as a field's value. */
    static String toField(byte[] utf8) {
        return new String(utf8, StandardCharsets.ISO_8859_1);
    }
}

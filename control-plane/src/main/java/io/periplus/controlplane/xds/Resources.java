package io.periplus.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.periplus.wire.xds.Resource;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Resources as they go over the wire. */
public final class Resources {
    private static final int VERSION_BYTES = 8;

    private Resources() {}

    /** A resource whose version is a digest of its content: equal on every replica, and after a restart. */
    public static Resource of(String typeUrl, String name, Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        // Maps have no order of their own; without this the version would change from one serialisation to the next.
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("cannot write to memory", e);
        }
        return Resource.newBuilder()
                .setName(name)
                .setVersion(digest(bytes))
                .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(ByteString.copyFrom(bytes)))
                .build();
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(Arrays.copyOf(digest, VERSION_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

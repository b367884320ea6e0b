package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The requests of a plan, written once; sent in turn. */
final class Requests {
    /** A field of a request. */
    record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();
    private final List<ByteBuf> http1 = new ArrayList<>();
    private final String authority;
    private int next;

    Requests(LoadPlan plan) {
        authority = plan.authority();
        fields.add(new Field("user-agent", "periplus-bench"));
        fields.add(new Field("accept", "*/*"));
        for (int i = 0; i < plan.headers(); i++) {
            fields.add(new Field("x-bench-%02d".formatted(i), "the value of the header number %02d".formatted(i)));
        }
        if (plan.routes() == 0) {
            paths.add(plan.path());
        }
        for (int i = 0; i < plan.routes(); i++) {
            paths.add("/r" + i + plan.path());
        }
        for (String path : paths) {
            StringBuilder text = new StringBuilder(256);
            text.append("GET ")
                    .append(path)
                    .append(" HTTP/1.1\r\nhost: ")
                    .append(authority)
                    .append("\r\n");
            for (Field field : fields) {
                text.append(field.name).append(": ").append(field.value).append("\r\n");
            }
            byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
            http1.add(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
        }
    }

    List<Field> fields() {
        return fields;
    }

    String authority() {
        return authority;
    }

    ByteBuf nextHttp1() {
        return http1.get(nextIndex()).retainedDuplicate();
    }

    String nextPath() {
        return paths.get(nextIndex());
    }

    private int nextIndex() {
        int index = next;
        next = index + 1 == paths.size() ? 0 : index + 1;
        return index;
    }

    void release() {
        http1.forEach(ByteBuf::release);
    }
}

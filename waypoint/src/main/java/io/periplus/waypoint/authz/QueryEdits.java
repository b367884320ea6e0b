package io.periplus.waypoint.authz;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Changes parameters in the query of a path; the path itself stays as it was judged. */
final class QueryEdits {
    private QueryEdits() {}

    static String apply(String path, Map<String, String> set, List<String> removed) {
        if (!path.startsWith("/")) {
            return path;
        }
        int mark = path.indexOf('?');
        StringJoiner query = new StringJoiner("&");
        if (mark >= 0) {
            for (String parameter : path.substring(mark + 1).split("&", -1)) {
                int equals = parameter.indexOf('=');
                String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
                if (!set.containsKey(name) && !removed.contains(name)) {
                    query.add(parameter);
                }
            }
        }
        set.forEach((name, value) -> query.add(encoded(name) + "=" + encoded(value)));
        String target = mark < 0 ? path : path.substring(0, mark);
        return query.length() == 0 ? target : target + "?" + query;
    }

    /** Whatever way it is written, it is the same parameter to the application. */
    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return name;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

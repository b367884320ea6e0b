package io.periplus.lab.node.pod;

import java.util.Map;

/** {@code $(NAME)} in commands, arguments and variables: replaced if the variable is known, {@code $$} is a dollar sign. */
public final class Expansion {
    private Expansion() {}

    public static String expand(String text, Map<String, String> variables) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                out.append(c);
                at++;
            } else if (text.charAt(at + 1) == '$') {
                out.append('$');
                at += 2;
            } else {
                int end = text.charAt(at + 1) == '(' ? text.indexOf(')', at) : -1;
                String value = end < 0 ? null : variables.get(text.substring(at + 2, end));
                out.append(value != null ? value : end < 0 ? "$" : text.substring(at, end + 1));
                at = end < 0 ? at + 1 : end + 1;
            }
        }
        return out.toString();
    }
}

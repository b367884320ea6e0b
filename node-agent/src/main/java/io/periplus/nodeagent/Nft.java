package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Runs {@code nft}. */
final class Nft {
    private Nft() {}

    /** All of it or nothing. */
    static void apply(@Nullable NetworkNamespace namespace, String commands) throws IOException {
        if (!commands.isEmpty()) {
            Shell.script(namespace, "nft -f - <<'RULES'\n" + commands + "RULES\n");
        }
    }

    /** The same if there is a table that is listed like that; nothing if not, or without nft. */
    static void applyWhere(String table, @Nullable NetworkNamespace namespace, String commands) throws IOException {
        Shell.script(namespace, """
                command -v nft >/dev/null || exit 0
                case "$(nft list tables)" in
                *'%s'*) nft -f - <<'RULES'
                %sRULES
                esac
                """.formatted(table, commands));
    }
}

package io.periplus.lab.apiserver.http;

import java.util.List;

/** The representation a client asks for; of those it names, the first that the server knows. */
public sealed interface Accept {
    /** The object itself, as JSON. */
    record Plain() implements Accept {}

    /** {@code as=Table}. */
    record AsTable() implements Accept {}

    /** {@code as=PartialObjectMetadata} or its list. */
    record AsMetadata() implements Accept {}

    /** {@code as=APIGroupDiscoveryList}. */
    record AsDiscovery(String version) implements Accept {}

    /** Only types the server cannot write, such as protobuf. */
    record Unknown(String header) implements Accept {}

    static Accept parse(List<String> types) {
        if (types.isEmpty()) {
            return new Plain();
        }
        for (String type : types) {
            String[] parts = type.replace(" ", "").split(";");
            if (!parts[0].equals("application/json") && !parts[0].equals("*/*") && !parts[0].equals("application/*")) {
                continue;
            }
            String as = "";
            String version = "";
            for (String part : parts) {
                if (part.startsWith("as=")) {
                    as = part.substring(3);
                } else if (part.startsWith("v=")) {
                    version = part.substring(2);
                }
            }
            switch (as) {
                case "" -> {
                    return new Plain();
                }
                case "Table" -> {
                    if (version.equals("v1")) {
                        return new AsTable();
                    }
                }
                case "PartialObjectMetadata", "PartialObjectMetadataList" -> {
                    return new AsMetadata();
                }
                case "APIGroupDiscoveryList" -> {
                    if (version.equals("v2")) {
                        return new AsDiscovery(version);
                    }
                }
                default -> {}
            }
        }
        return new Unknown(String.join(",", types));
    }
}

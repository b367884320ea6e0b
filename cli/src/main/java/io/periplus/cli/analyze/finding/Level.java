package io.periplus.cli.analyze.finding;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How bad a finding is; later ones are worse. */
public enum Level {
    INFO,
    WARNING,
    ERROR;

    /** As users write and read it: {@code Warning}. */
    public String title() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** Reads a flag's value, in any case. */
    public static final class Converter implements ITypeConverter<Level> {
        @Override
        public Level convert(String value) {
            for (Level level : values()) {
                if (level.name().equalsIgnoreCase(value)) {
                    return level;
                }
            }
            throw new TypeConversionException("\"" + value + "\" is no level; valid values: Info, Warning, Error");
        }
    }
}

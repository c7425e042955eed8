package dev.pogo.util;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A list of classes, by name or by pattern. A name that is checked against it is data, possibly
 * from outside.
 */
public final class ClassPatterns {
    /** A class, {@code com.acme.*} or {@code com.acme.**}, as in the JDK's serial filters. */
    private static final Pattern SYNTAX =
            Pattern.compile(
                    "(?:\\p{javaJavaIdentifierPart}+\\.)*(?:\\p{javaJavaIdentifierPart}+)"
                            + "(?:\\.\\*\\*?)?");

    public static final String NO_PATTERN =
            "is neither the name of a class nor a pattern like \"com.acme.*\" or \"com.acme.**\"";

    private final List<String> patterns;

    public ClassPatterns(List<String> patterns) {
        this.patterns = patterns;
    }

    public static boolean isPattern(String text) {
        return SYNTAX.matcher(text).matches();
    }

    public boolean allows(String name) {
        for (String pattern : patterns) {
            if (matches(pattern, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.endsWith(".**")) {
            return name.startsWith(pattern.substring(0, pattern.length() - 2));
        }
        if (pattern.endsWith(".*")) {
            int packageLength = pattern.length() - 1;
            return name.startsWith(pattern.substring(0, packageLength))
                    && name.indexOf('.', packageLength) < 0;
        }
        return name.equals(pattern);
    }

    @Override
    public String toString() {
        return patterns.isEmpty() ? "is empty" : "has " + String.join(", ", patterns);
    }
}

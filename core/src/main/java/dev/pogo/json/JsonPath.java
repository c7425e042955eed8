package dev.pogo.json;

import java.util.regex.Pattern;

/** Builds JSON paths: {@code pools.cpu.max_wait}, {@code $.items[2]["odd name"]}. */
public final class JsonPath {
    /** The path of the root, for use where an empty path would look odd. */
    public static final String ROOT = "$";

    private static final Pattern PLAIN_NAME = Pattern.compile("[\\w-]+");

    private JsonPath() {}

    /**
     * Returns the path of an object's member.
     *
     * @param parent the object's path, empty or {@link #ROOT} for the root
     * @param name the member's name
     * @return the path
     */
    public static String member(String parent, String name) {
        if (!PLAIN_NAME.matcher(name).matches()) {
            return parent + "[\"" + name + "\"]";
        }
        return parent.isEmpty() ? name : parent + "." + name;
    }

    /**
     * Returns the path of an array's element.
     *
     * @param parent the array's path
     * @param index the element's index, from 0
     * @return the path
     */
    public static String element(String parent, int index) {
        return parent + "[" + index + "]";
    }
}

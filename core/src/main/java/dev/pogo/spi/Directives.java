package dev.pogo.spi;

import dev.pogo.InvalidConfigException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The directives of one object in a configuration file. Its exceptions name the file, the path in
 * it and the value as written there. Immutable. Implemented by Pogo only; further methods may be
 * added.
 */
public interface Directives {
    /**
     * Ensures that there is no directive that would not be read.
     *
     * @param known the names of all directives that are allowed here
     * @throws InvalidConfigException if there is any other directive
     */
    void ensureKnown(Set<String> known);

    /**
     * Returns whether a directive is present, even if its value is invalid.
     *
     * @param name the directive's name
     * @return whether it is present
     */
    boolean has(String name);

    /**
     * Returns the value of a directive that is a whole number.
     *
     * @param name the directive's name
     * @param least the smallest valid number
     * @param otherwise the value if the directive is absent
     * @return the number
     * @throws InvalidConfigException if the value is anything else
     */
    int number(String name, int least, int otherwise);

    /**
     * Returns the value of a directive that is a duration, more than zero: {@code "30s"}.
     *
     * @param name the directive's name
     * @return the duration, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    @Nullable Duration duration(String name);

    /**
     * Returns the value of a directive that is an amount of memory: {@code "64MB"}.
     *
     * @param name the directive's name
     * @param otherwise the value if the directive is absent
     * @return the number of bytes, not negative
     * @throws InvalidConfigException if the value is anything else
     */
    long bytes(String name, long otherwise);

    /**
     * Returns the value of a directive that is true or false.
     *
     * @param name the directive's name
     * @return the value, false if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    boolean flag(String name);

    /**
     * Returns the value of a directive that is a list of strings.
     *
     * @param name the directive's name
     * @return the strings, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    @Nullable List<String> texts(String name);

    /**
     * Returns the value of a directive that is a string.
     *
     * @param name the directive's name
     * @return the string, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    @Nullable String text(String name);

    /**
     * Returns the value of a directive that is a string in which {@code ${NAME}} stands for the
     * value of an environment variable: for secrets, which do not belong into a file. Exceptions
     * show the value as it stands in the file.
     *
     * @param name the directive's name
     * @return the string with the values of the variables, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else, or there is no such environment
     *     variable
     */
    @Nullable String expanded(String name);

    /**
     * Returns the value of a directive that is an object.
     *
     * @param name the directive's name
     * @return the object's directives, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    @Nullable Directives object(String name);

    /**
     * Returns the names of all directives that are present, for an object whose names are the
     * user's own.
     *
     * @return the names in the order of the file, unmodifiable
     */
    Set<String> names();

    /**
     * Returns an exception that refuses a directive.
     *
     * @param name the directive's name
     * @param problem what is wrong with its value, as the rest of a sentence
     * @return the exception to throw
     */
    InvalidConfigException refuse(String name, String problem);

    /**
     * Returns an exception that refuses the object as a whole.
     *
     * @param problem what is wrong with it, as the rest of a sentence
     * @return the exception to throw
     */
    InvalidConfigException refuse(String problem);
}

package dev.pogo.samples.serve;

/** What a path does. */
@FunctionalInterface
interface Endpoint {
    /**
     * Answers a request.
     *
     * @param call the request, whose scope is closed afterwards
     * @return the answer
     * @throws Exception whatever {@link Failures} makes an answer of
     */
    Answer answer(Call call) throws Exception;
}

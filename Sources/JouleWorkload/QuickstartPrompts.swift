/// The prompts of `builtin:quickstart`: general tasks of different kinds and lengths, so that a first run needs no file and no network.
///
/// Their order and their texts are part of the data set: a change would make new results incomparable with old ones.
enum QuickstartPrompts {
    static let all: [Prompt] = texts.enumerated().map { index, text in
        let number = String(index + 1)
        return Prompt(id: "quickstart-" + String(repeating: "0", count: 4 - number.count) + number, text: text)
    }

    private static let texts: [String] = [
        "Explain in two sentences why the sky looks blue at noon and red at sunset.",
        "Write a short thank-you note to a neighbour who watered the plants during a holiday.",
        "A train leaves at 09:40 and arrives at 13:05. How long is the journey? Show the steps.",
        "Name three differences between a lake and a river.",
        "Write a Python function that returns the second largest number of a list, and say what it does with an empty list.",
        "Translate into French: The library opens at ten o'clock and closes at six.",
        "Summarize the following text in one sentence. Bees visit flowers to collect nectar and pollen. While they move from one flower to"
            + " the next, some pollen is carried along, and the plants are fertilized. Many fruits and vegetables that people eat depend on"
            + " this work. Gardeners help by growing plants that flower at different times of the year and by leaving some corners untidy.",
        "What is a prime number?",
        "Suggest a simple dinner that uses rice, carrots, eggs and soy sauce, and list the steps in order.",
        "Rewrite this sentence so that it sounds more formal: We can't make it on Friday, can we do Monday instead?",
        "Describe how a refrigerator moves heat out of its inside. Mention the compressor, the condenser, the expansion valve and the"
            + " evaporator, and say where electrical energy is used.",
        "Write a four-line poem about the first snow of the winter.",
        "Sort these words by the alphabet and explain the rule you used: pear, apple, quince, fig, plum.",
        "Plan one day in a city that you have never visited, on foot, with two museums, one park and a pause for lunch. Give times.",
        "Give the opposite of each word: early, narrow, generous, silent.",
        "A shop sells pencils at 3 for 2 euros. How much do 18 pencils cost, and how many pencils can be bought for 14 euros?",
        "Explain to a ten-year-old what a computer program is, using the example of a cooking recipe.",
        "Read this list of expenses and tell which month was the most expensive and by how much: January rent 700, food 310, travel 95;"
            + " February rent 700, food 285, travel 140; March rent 700, food 330, travel 60. Then propose one way to save money in April and"
            + " give the reason for it in a single sentence.",
        "List the steps to change a flat bicycle tyre.",
        "Write the beginning of a story, about one hundred words long, in which a lighthouse keeper finds a letter in a bottle.",
    ]
}

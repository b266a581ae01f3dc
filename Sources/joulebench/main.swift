import JouleCLI

await Joulebench.start()

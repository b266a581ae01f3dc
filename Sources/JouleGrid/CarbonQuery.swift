import JouleHTTP

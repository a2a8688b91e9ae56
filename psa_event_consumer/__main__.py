from services.extras import require

require("consumer")

import sys

from psa_event_consumer.command_line import main

sys.exit(main(sys.argv[1:]))
